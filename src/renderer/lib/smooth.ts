/** Whether small pictures are shown smooth instead of crisp, kept in localStorage. A study's own choice is its own. */
import { ref } from 'vue'

const KEY = 'second-guess-smooth'

export const smoothImages = ref(localStorage.getItem(KEY) === 'yes')

export function setSmooth(smooth: boolean) {
  smoothImages.value = smooth
  localStorage.setItem(KEY, smooth ? 'yes' : 'no')
}
